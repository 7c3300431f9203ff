import type { Text } from './catalogue.ts';

export const keys = {
  'keys.title': ['Phím tắt', 'Keys'],
  'keys.site': ['Đưa điểm cầu thứ n trong danh sách vào khung chuẩn bị', 'Preview the n-th site of the list'],
  'keys.add': ['Thêm điểm cầu thứ n vào khung còn trống', 'Add the n-th site to the next pane'],
  'keys.take': ['Đưa khung chuẩn bị lên hình', 'Take: preview goes on air'],
  'keys.search': ['Tìm điểm cầu', 'Search for a site'],
  'keys.next': ['Chọn điểm cầu phía dưới', 'Select the site below'],
  'keys.previous': ['Chọn điểm cầu phía trên', 'Select the site above'],
  'keys.preview': ['Đưa điểm cầu đang chọn vào khung chuẩn bị', 'Preview the selected site'],
  'keys.mute': ['Tắt hoặc bật tiếng điểm cầu đang chọn', 'Mute or unmute the selected site'],
  'keys.mute_all': ['Tắt tiếng tất cả, trừ chủ tọa và điểm cầu đang lên hình', 'Mute all but the chair and the sites on air'],
  'keys.layout': ['Bố cục kế tiếp', 'Next layout'],
  'keys.listen': ['Nghe hoặc thôi nghe chương trình', 'Listen to the programme, or stop'],
  'keys.banner': ['Nhập dòng chữ chạy', 'Write the banner'],
  'keys.help': ['Bảng phím tắt này', 'This list of keys'],
  'keys.talk': ['Giữ để nói, thả ra để tắt micro', 'Hold to talk, let go to mute'],
  'keys.own_mute': ['Mở hoặc tắt micro', 'Microphone on or off'],
  'keys.hand': ['Xin phát biểu, hoặc hạ tay', 'Ask to speak, or lower the hand'],
  'keys.chat': ['Nhắn phòng điều khiển', 'Write to the control room'],
  'keys.escape': ['Đóng, xóa ô tìm kiếm', 'Close, clear the search'],
} as const satisfies Record<string, Text>;
